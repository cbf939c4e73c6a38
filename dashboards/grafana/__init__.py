"""The source of the dashboards: query, panel and dashboard build, each other module is a dashboard."""
