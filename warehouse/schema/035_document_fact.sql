CREATE TABLE base.document_fact (
    sha256 VARCHAR NOT NULL,
    title VARCHAR,
    published DATE,
    is_month BOOLEAN NOT NULL,
    reference VARCHAR,
    "references" VARCHAR[] NOT NULL,
    publisher VARCHAR,
    area VARCHAR,
    recipients VARCHAR[] NOT NULL,
    places STRUCT(fact VARCHAR, words VARCHAR, page INTEGER, "start" INTEGER, "end" INTEGER)[] NOT NULL
);
COMMENT ON TABLE base.document_fact IS 'One row a document that was read: what it says of itself, and where it says so.';
COMMENT ON COLUMN base.document_fact.sha256 IS 'The document.';
COMMENT ON COLUMN base.document_fact.title IS 'Its title.';
COMMENT ON COLUMN base.document_fact.published IS 'Publication day; the first of the month where only a month is printed.';
COMMENT ON COLUMN base.document_fact.is_month IS 'True: only a month is printed.';
COMMENT ON COLUMN base.document_fact.reference IS 'Its own reference.';
COMMENT ON COLUMN base.document_fact."references" IS 'All references of its own, ISBN included.';
COMMENT ON COLUMN base.document_fact.publisher IS 'The body that speaks.';
COMMENT ON COLUMN base.document_fact.area IS 'Force or coroner''s area.';
COMMENT ON COLUMN base.document_fact.recipients IS 'Who it is sent to.';
COMMENT ON COLUMN base.document_fact.places IS 'Where each was read; page 0: the file''s metadata.';
