CREATE TABLE base.assignment (
    recommendation_id VARCHAR NOT NULL,
    is_abstained BOOLEAN NOT NULL,
    nearest_theme VARCHAR,
    nearest_score DOUBLE,
    nearest_reason VARCHAR
);
COMMENT ON TABLE base.assignment IS 'One row a recommendation the classifier looked at.';
COMMENT ON COLUMN base.assignment.recommendation_id IS 'The recommendation.';
COMMENT ON COLUMN base.assignment.is_abstained IS 'True: no theme reached its threshold.';
COMMENT ON COLUMN base.assignment.nearest_theme IS 'The nearest miss, for review.';
COMMENT ON COLUMN base.assignment.nearest_score IS 'Its calibrated probability.';
COMMENT ON COLUMN base.assignment.nearest_reason IS 'Why it was near.';
