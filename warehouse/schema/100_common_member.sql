CREATE TABLE base.common_member (
    common_id VARCHAR NOT NULL,
    recommendation_id VARCHAR NOT NULL
);
COMMENT ON TABLE base.common_member IS 'Which recommendations a common recommendation holds; a recommendation is in one at most.';
COMMENT ON COLUMN base.common_member.common_id IS 'The group.';
COMMENT ON COLUMN base.common_member.recommendation_id IS 'The member.';
