"""Source of the dashboards: query, panel, dashboard, layouts and own_page are building blocks; each other module is one
dashboard."""
