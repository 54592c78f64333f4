CREATE TABLE base.common_recommendation (
    common_id VARCHAR NOT NULL,
    representative_id VARCHAR NOT NULL,
    keywords VARCHAR[] NOT NULL
);
COMMENT ON TABLE base.common_recommendation IS 'One row a group of recommendations that ask for the same thing.';
COMMENT ON COLUMN base.common_recommendation.common_id IS 'Outlives re-clustering.';
COMMENT ON COLUMN base.common_recommendation.representative_id IS 'Its most central recommendation.';
COMMENT ON COLUMN base.common_recommendation.keywords IS 'Words that mark it.';
