"""The list under the graph says all that the drawing says."""

from pagerworthy.site.index import index_of
from pagerworthy.site.pages.graph import graph_page
from tests.site.world import world


def test_the_list_names_every_edge_own_resources_included() -> None:
    source = world()
    page = graph_page(index_of(source))
    said = {
        href.removeprefix("services/").removesuffix(".html"): f"{hard} {soft}"
        for layer in page.layers
        for _, href, hard, soft in layer.lines
    }
    owned = 0
    for edge in source.graph.edges:
        name = source.graph.nodes[edge.target].name
        needs = source.graph.needs(edge.source)
        if sum(each.is_hard == edge.is_hard for each in needs) <= 8:
            assert name in said[edge.source], edge
            owned += edge.relation == "owns"
    assert owned
