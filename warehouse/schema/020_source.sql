CREATE TABLE base.source (
    source VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    publisher VARCHAR,
    licence VARCHAR,
    homepage VARCHAR,
    is_missing_tonight BOOLEAN NOT NULL,
    last_good DATE
);
COMMENT ON TABLE base.source IS 'One row a publisher''s stream.';
COMMENT ON COLUMN base.source.source IS 'Short name: hmicfrs, pfd, iopc …';
COMMENT ON COLUMN base.source.title IS 'Name for people; the short name where nothing better is known.';
COMMENT ON COLUMN base.source.publisher IS 'The organisation.';
COMMENT ON COLUMN base.source.licence IS 'Licence of its documents unless a document says otherwise.';
COMMENT ON COLUMN base.source.homepage IS 'Where its listing is.';
COMMENT ON COLUMN base.source.is_missing_tonight IS 'True: the last run could not read this source; its rows are those of last_good.';
COMMENT ON COLUMN base.source.last_good IS 'Day of the last run that read it.';
