CREATE TABLE base.document (
    sha256 VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    connector VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    urls VARCHAR[] NOT NULL,
    file VARCHAR NOT NULL,
    title VARCHAR,
    body VARCHAR NOT NULL,
    published DATE,
    reference VARCHAR,
    licence VARCHAR,
    is_restricted BOOLEAN NOT NULL,
    byte_count BIGINT NOT NULL,
    media_type VARCHAR NOT NULL,
    fetched_at TIMESTAMP NOT NULL,
    is_read BOOLEAN NOT NULL,
    page_count INTEGER,
    held_out_count INTEGER,
    people VARCHAR[] NOT NULL,
    recipients VARCHAR[] NOT NULL,
    withdrawn_on DATE,
    superseded_by VARCHAR,
    superseded_on DATE
);
COMMENT ON TABLE base.document IS 'One row a stored file, whether it could be read or not.';
COMMENT ON COLUMN base.document.sha256 IS 'SHA-256 of the bytes; the archive keeps them under it.';
COMMENT ON COLUMN base.document.source IS 'The stream it belongs to.';
COMMENT ON COLUMN base.document.connector IS 'What found it: a publisher''s connector, inbox or sample.';
COMMENT ON COLUMN base.document.url IS 'Where it was first fetched from.';
COMMENT ON COLUMN base.document.urls IS 'Every address the same bytes were found at.';
COMMENT ON COLUMN base.document.file IS 'Name of the file, the last part of that address.';
COMMENT ON COLUMN base.document.title IS 'As listed, else as the document says.';
COMMENT ON COLUMN base.document.body IS 'Who asks, as listed; of what people put in, the first body that it names itself; else whoever publishes the stream.';
COMMENT ON COLUMN base.document.published IS 'As listed, else as the document says; NULL: neither.';
COMMENT ON COLUMN base.document.reference IS 'The publisher''s own reference.';
COMMENT ON COLUMN base.document.licence IS 'Licence of this document, else of its source.';
COMMENT ON COLUMN base.document.is_restricted IS 'True: not for the public file. One restricted listing of the bytes is enough.';
COMMENT ON COLUMN base.document.byte_count IS 'Size in bytes.';
COMMENT ON COLUMN base.document.media_type IS 'By content, not by name.';
COMMENT ON COLUMN base.document.fetched_at IS 'First fetched, UTC.';
COMMENT ON COLUMN base.document.is_read IS 'True: it has pages and they were read.';
COMMENT ON COLUMN base.document.page_count IS 'Pages; NULL when not read.';
COMMENT ON COLUMN base.document.held_out_count IS 'Recommendations extracted but not found again in the bytes, so kept out; NULL when not read.';
COMMENT ON COLUMN base.document.people IS 'Names of the deceased as the publisher states them, to be left out of what is handed on.';
COMMENT ON COLUMN base.document.recipients IS 'Whom it was sent to, as the publisher lists them.';
COMMENT ON COLUMN base.document.withdrawn_on IS 'The day it was withdrawn: as the publisher says, else when it was gone or not listed any more; NULL: it stands.';
COMMENT ON COLUMN base.document.superseded_by IS 'SHA-256 of the version that replaced it at its address; NULL: it is the current one.';
COMMENT ON COLUMN base.document.superseded_on IS 'Day that version was fetched.';
