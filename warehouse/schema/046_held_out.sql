CREATE TABLE base.held_out (
    recommendation_id VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    label VARCHAR,
    text VARCHAR NOT NULL,
    page INTEGER NOT NULL,
    page_end INTEGER NOT NULL,
    confidence DOUBLE NOT NULL,
    grammar VARCHAR NOT NULL
);
COMMENT ON TABLE base.held_out IS 'One row a text that was extracted and is in no other view: not found again in the bytes, or judged to be no ask.';
COMMENT ON COLUMN base.held_out.recommendation_id IS 'Hash of document and text.';
COMMENT ON COLUMN base.held_out.sha256 IS 'The document.';
COMMENT ON COLUMN base.held_out.kind IS 'As extracted.';
COMMENT ON COLUMN base.held_out.label IS 'Number or letter as printed; NULL: none.';
COMMENT ON COLUMN base.held_out.text IS 'As extracted.';
COMMENT ON COLUMN base.held_out.page IS 'First page.';
COMMENT ON COLUMN base.held_out.page_end IS 'Last page.';
COMMENT ON COLUMN base.held_out.confidence IS 'Extractor''s confidence, 0 to 1.';
COMMENT ON COLUMN base.held_out.grammar IS 'Name of the grammar that read it.';
