CREATE VIEW theme_quality AS
SELECT
    theme.theme, theme.name,
    coalesce(quality.judged, 0) AS judged_count, coalesce(quality.belonging, 0) AS belonging_count,
    round(quality.precision_before, 3) AS precision_before,
    round(quality.recall_before, 3) AS recall_before,
    round(quality.f1_before, 3) AS f1_before,
    round(quality.brier_before, 3) AS brier_before,
    round(quality.precision_after, 3) AS precision_after,
    round(quality.recall_after, 3) AS recall_after,
    round(quality.f1_after, 3) AS f1_after,
    round(quality.brier_after, 3) AS brier_after,
    coalesce(quality.is_learnt, FALSE) AS is_learnt
FROM base.theme LEFT JOIN base.theme_quality AS quality USING (theme)
ORDER BY theme.theme;
COMMENT ON VIEW theme_quality IS 'One row a theme: how it fares on the rows that people judged, before and after learning from them. Judged rows are mostly the uncertain ones, so the figures are lower than over all rows. In the public file the figures are left out.';
COMMENT ON COLUMN theme_quality.theme IS 'Slug.';
COMMENT ON COLUMN theme_quality.name IS 'Name for people.';
COMMENT ON COLUMN theme_quality.judged_count IS 'Rows that a person judged for it.';
COMMENT ON COLUMN theme_quality.belonging_count IS 'Those of them that belong to it.';
COMMENT ON COLUMN theme_quality.precision_before IS 'Share of rows given the theme that belong to it, by the shipped model.';
COMMENT ON COLUMN theme_quality.recall_before IS 'Share of rows that belong to the theme that were given it, by the shipped model.';
COMMENT ON COLUMN theme_quality.f1_before IS 'Harmonic mean of the two, by the shipped model.';
COMMENT ON COLUMN theme_quality.brier_before IS 'Mean squared error of the probability; less is better, by the shipped model.';
COMMENT ON COLUMN theme_quality.precision_after IS 'Share of rows given the theme that belong to it, after learning, measured on rows left out of it; NULL: too few judgements.';
COMMENT ON COLUMN theme_quality.recall_after IS 'Share of rows that belong to the theme that were given it, after learning, measured on rows left out of it; NULL: too few judgements.';
COMMENT ON COLUMN theme_quality.f1_after IS 'Harmonic mean of the two, after learning, measured on rows left out of it; NULL: too few judgements.';
COMMENT ON COLUMN theme_quality.brier_after IS 'Mean squared error of the probability; less is better, after learning, measured on rows left out of it; NULL: too few judgements.';
COMMENT ON COLUMN theme_quality.is_learnt IS 'True: what was learnt did better on the judged rows and is in use. False: the shipped model stays.';
