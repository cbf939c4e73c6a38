"""The source of the dashboards: query and panel are the building blocks, each other module is one dashboard."""
