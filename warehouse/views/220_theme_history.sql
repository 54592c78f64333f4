CREATE VIEW theme_history AS
SELECT
    theme_event.recorded_at,
    theme_event.run_id,
    theme_event.recommendation_id,
    recommendation.text,
    theme_event.themes_before,
    theme_event.themes_after,
    list_filter(theme_event.themes_after, lambda theme: NOT list_contains(theme_event.themes_before, theme)) AS themes_gained,
    list_filter(theme_event.themes_before, lambda theme: NOT list_contains(theme_event.themes_after, theme)) AS themes_lost,
    theme_event.reason
FROM base.theme_event LEFT JOIN base.recommendation USING (recommendation_id)
ORDER BY theme_event.recorded_at, theme_event.recommendation_id;
COMMENT ON VIEW theme_history IS 'One row a logged move of a recommendation between themes. A row that never moved is not here.';
COMMENT ON COLUMN theme_history.recorded_at IS 'When it was recorded, UTC.';
COMMENT ON COLUMN theme_history.run_id IS 'The run that moved it.';
COMMENT ON COLUMN theme_history.recommendation_id IS 'The row moved.';
COMMENT ON COLUMN theme_history.text IS 'Its text; NULL: the row is no longer in the tables.';
COMMENT ON COLUMN theme_history.themes_before IS 'Themes it had.';
COMMENT ON COLUMN theme_history.themes_after IS 'Themes it has.';
COMMENT ON COLUMN theme_history.themes_gained IS 'In after, not in before.';
COMMENT ON COLUMN theme_history.themes_lost IS 'In before, not in after.';
COMMENT ON COLUMN theme_history.reason IS 'Why: new evidence, review, model or taxonomy change.';
