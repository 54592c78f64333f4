CREATE TABLE base.link (
    common_id VARCHAR NOT NULL,
    earlier_id VARCHAR NOT NULL,
    later_id VARCHAR NOT NULL,
    link_type VARCHAR NOT NULL,
    similarity DOUBLE NOT NULL,
    evidence VARCHAR NOT NULL
);
COMMENT ON TABLE base.link IS 'How two recommendations relate.';
COMMENT ON COLUMN base.link.common_id IS 'The group both are in.';
COMMENT ON COLUMN base.link.earlier_id IS 'Published first.';
COMMENT ON COLUMN base.link.later_id IS 'Published later.';
COMMENT ON COLUMN base.link.link_type IS 'republished, reiterated or independent.';
COMMENT ON COLUMN base.link.similarity IS 'Cosine of the two texts, -1 to 1.';
COMMENT ON COLUMN base.link.evidence IS 'What decided the type.';
