CREATE TABLE base.listing (
    source VARCHAR NOT NULL,
    connector VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    published DATE,
    outcome VARCHAR NOT NULL,
    message VARCHAR
);
COMMENT ON TABLE base.listing IS 'One row a document that a publisher was seen to list, whether it was fetched or not.';
COMMENT ON COLUMN base.listing.source IS 'The stream it belongs to.';
COMMENT ON COLUMN base.listing.connector IS 'What found it.';
COMMENT ON COLUMN base.listing.url IS 'Its address.';
COMMENT ON COLUMN base.listing.published IS 'Publication day as listed; NULL: not said.';
COMMENT ON COLUMN base.listing.outcome IS 'fetched, passed_over (of no interest to the police), waiting (not asked yet), blocked or challenge (refused to programs, and left alone), gone, refused (by this side: too large, not a file, closed by robots.txt), failed.';
COMMENT ON COLUMN base.listing.message IS 'Why it is not held, in one sentence; NULL: it is, or was not asked.';
