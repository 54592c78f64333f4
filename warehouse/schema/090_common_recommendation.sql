CREATE TABLE base.common_recommendation (
    common_id VARCHAR NOT NULL,
    representative_id VARCHAR NOT NULL,
    keywords VARCHAR[] NOT NULL,
    plain_name VARCHAR,
    named_by VARCHAR,
    named_on DATE
);
COMMENT ON TABLE base.common_recommendation IS 'One row a group of recommendations that ask for the same thing.';
COMMENT ON COLUMN base.common_recommendation.common_id IS 'Outlives re-clustering.';
COMMENT ON COLUMN base.common_recommendation.representative_id IS 'Its most central recommendation.';
COMMENT ON COLUMN base.common_recommendation.keywords IS 'Words that mark it.';
COMMENT ON COLUMN base.common_recommendation.plain_name IS 'What people call it; NULL: nobody has named it.';
COMMENT ON COLUMN base.common_recommendation.named_by IS 'Who named it.';
COMMENT ON COLUMN base.common_recommendation.named_on IS 'And on which day.';
