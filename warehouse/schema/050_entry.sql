CREATE TABLE base.entry (
    entry_no INTEGER NOT NULL,
    scope VARCHAR NOT NULL,
    entry_id VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    page INTEGER NOT NULL,
    "start" INTEGER,
    "end" INTEGER,
    text VARCHAR NOT NULL,
    recommendation_id VARCHAR
);
COMMENT ON TABLE base.entry IS 'One row a stretch of text that search can find: each passage and each recommendation.';
COMMENT ON COLUMN base.entry.entry_no IS 'Position in this file only; never keep it.';
COMMENT ON COLUMN base.entry.scope IS 'documents (a passage) or recommendations.';
COMMENT ON COLUMN base.entry.entry_id IS 'passage_id or recommendation_id.';
COMMENT ON COLUMN base.entry.sha256 IS 'The document.';
COMMENT ON COLUMN base.entry.page IS 'Page, counted from 1.';
COMMENT ON COLUMN base.entry."start" IS 'Offset into the page''s raw text; NULL for recommendations, which may have several spans.';
COMMENT ON COLUMN base.entry."end" IS 'Offset of the end; NULL for recommendations.';
COMMENT ON COLUMN base.entry.text IS 'The text.';
COMMENT ON COLUMN base.entry.recommendation_id IS 'The recommendation this is, or is part of; NULL: none.';
