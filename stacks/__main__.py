from pagerworthy.stacks.run.plain import main

main()
