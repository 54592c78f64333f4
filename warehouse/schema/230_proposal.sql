CREATE TABLE base.proposal (
    proposal_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    keywords VARCHAR[] NOT NULL,
    central_id VARCHAR NOT NULL,
    member_ids VARCHAR[] NOT NULL,
    bodies VARCHAR[] NOT NULL,
    years INTEGER[] NOT NULL,
    recent INTEGER NOT NULL,
    earlier INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    decided_by VARCHAR
);
COMMENT ON TABLE base.proposal IS 'Candidates for new themes: rows that no theme covers and that belong together.';
COMMENT ON COLUMN base.proposal.proposal_id IS 'Minted once, never given again.';
COMMENT ON COLUMN base.proposal.name IS 'Its most telling words.';
COMMENT ON COLUMN base.proposal.keywords IS 'Words that mark it against the other rows without a theme.';
COMMENT ON COLUMN base.proposal.central_id IS 'Its most central recommendation.';
COMMENT ON COLUMN base.proposal.member_ids IS 'Its recommendations.';
COMMENT ON COLUMN base.proposal.bodies IS 'Who asked.';
COMMENT ON COLUMN base.proposal.years IS 'Calendar years of publication.';
COMMENT ON COLUMN base.proposal.recent IS 'Rows published in the last twelve months.';
COMMENT ON COLUMN base.proposal.earlier IS 'Rows published in the twelve months before.';
COMMENT ON COLUMN base.proposal.state IS 'proposed, proposed again (declined, and grown since), accepted, declined.';
COMMENT ON COLUMN base.proposal.decided_by IS 'Who decided; NULL: nobody has.';
