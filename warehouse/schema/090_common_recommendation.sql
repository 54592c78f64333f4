CREATE TABLE base.common_recommendation (
    common_id VARCHAR NOT NULL,
    representative_id VARCHAR NOT NULL,
    keywords VARCHAR[] NOT NULL,
    weakest_link DOUBLE,
    plain_name VARCHAR,
    named_by VARCHAR,
    named_on DATE
);
COMMENT ON TABLE base.common_recommendation IS 'One row a group of recommendations that ask for the same thing.';
COMMENT ON COLUMN base.common_recommendation.common_id IS 'Outlives re-clustering.';
COMMENT ON COLUMN base.common_recommendation.representative_id IS 'Its most central recommendation.';
COMMENT ON COLUMN base.common_recommendation.keywords IS 'Words that mark it.';
COMMENT ON COLUMN base.common_recommendation.weakest_link IS 'Least score of two of its members, in log-odds above the cut, reprints and restatements left out; NULL: fewer than two are left, or a member is withheld.';
COMMENT ON COLUMN base.common_recommendation.plain_name IS 'What people call it; NULL: nobody has named it.';
COMMENT ON COLUMN base.common_recommendation.named_by IS 'Who named it.';
COMMENT ON COLUMN base.common_recommendation.named_on IS 'And on which day.';
