CREATE TABLE base.shared (
    recommendation_id VARCHAR NOT NULL,
    shared_on DATE NOT NULL
);
COMMENT ON TABLE base.shared IS 'Which recommendations went out in a digest, and when first.';
COMMENT ON COLUMN base.shared.recommendation_id IS 'The recommendation.';
COMMENT ON COLUMN base.shared.shared_on IS 'Day of the first digest that carried it.';
