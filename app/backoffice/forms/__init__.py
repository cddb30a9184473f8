"""Forms of the desks: one file per desk. Figures are typed as the trade writes them and come out in base units."""
