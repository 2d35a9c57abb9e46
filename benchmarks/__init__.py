"""Measures Pagerworthy on a large catalog beside tools that do part of the same: `make bench`."""
