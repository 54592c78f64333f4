CREATE TABLE base.review (
    review_id VARCHAR NOT NULL,
    recommendation_id VARCHAR NOT NULL,
    question VARCHAR NOT NULL,
    theme VARCHAR,
    answer VARCHAR NOT NULL,
    before VARCHAR,
    note VARCHAR,
    reviewer VARCHAR NOT NULL,
    reviewed_on DATE NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    common_id VARCHAR
);
COMMENT ON TABLE base.review IS 'Every judgement people made; from the ledger, which alone is the original.';
COMMENT ON COLUMN base.review.review_id IS 'Hash of the judgement.';
COMMENT ON COLUMN base.review.recommendation_id IS 'The row judged; it may have left the tables since.';
COMMENT ON COLUMN base.review.question IS 'theme, same_ask, plain_name, addressee, extraction, status, ownership or note.';
COMMENT ON COLUMN base.review.theme IS 'The theme asked about, for question theme.';
COMMENT ON COLUMN base.review.answer IS 'theme: right, wrong, add or withdrawn; status: accepted, done, not ours … or withdrawn; else free words.';
COMMENT ON COLUMN base.review.before IS 'What stood there before.';
COMMENT ON COLUMN base.review.note IS 'Free words.';
COMMENT ON COLUMN base.review.reviewer IS 'Who.';
COMMENT ON COLUMN base.review.reviewed_on IS 'The day they say they judged it.';
COMMENT ON COLUMN base.review.recorded_at IS 'When it entered the ledger, UTC; the later of two wins.';
COMMENT ON COLUMN base.review.common_id IS 'The group asked about, for questions same_ask and plain_name.';
