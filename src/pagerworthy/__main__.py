from pagerworthy.cli import main

main()
