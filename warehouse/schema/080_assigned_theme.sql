CREATE TABLE base.assigned_theme (
    recommendation_id VARCHAR NOT NULL,
    theme VARCHAR NOT NULL,
    score DOUBLE NOT NULL,
    reason VARCHAR NOT NULL
);
COMMENT ON TABLE base.assigned_theme IS 'One row a theme the classifier gave, before any review.';
COMMENT ON COLUMN base.assigned_theme.recommendation_id IS 'The recommendation.';
COMMENT ON COLUMN base.assigned_theme.theme IS 'Slug.';
COMMENT ON COLUMN base.assigned_theme.score IS 'Calibrated probability, 0 to 1.';
COMMENT ON COLUMN base.assigned_theme.reason IS 'Why, in words.';
