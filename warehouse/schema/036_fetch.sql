CREATE TABLE base.fetch (
    sha256 VARCHAR NOT NULL,
    fetched_at TIMESTAMP NOT NULL,
    connector VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    title VARCHAR,
    body VARCHAR,
    published DATE,
    reference VARCHAR,
    recipients VARCHAR[] NOT NULL,
    is_restricted BOOLEAN NOT NULL,
    withdrawn_on DATE
);
COMMENT ON TABLE base.fetch IS 'One row a line of the archive: a document as it was listed when its bytes were met at an address. History is told from it.';
COMMENT ON COLUMN base.fetch.sha256 IS 'The bytes.';
COMMENT ON COLUMN base.fetch.fetched_at IS 'When, UTC.';
COMMENT ON COLUMN base.fetch.connector IS 'What found them.';
COMMENT ON COLUMN base.fetch.source IS 'The stream they belong to.';
COMMENT ON COLUMN base.fetch.url IS 'Where.';
COMMENT ON COLUMN base.fetch.title IS 'As listed then.';
COMMENT ON COLUMN base.fetch.body IS 'Who asks, as listed then.';
COMMENT ON COLUMN base.fetch.published IS 'Publication day as listed then.';
COMMENT ON COLUMN base.fetch.reference IS 'The publisher''s own reference, as listed then.';
COMMENT ON COLUMN base.fetch.recipients IS 'Whom it was sent to, as listed then.';
COMMENT ON COLUMN base.fetch.is_restricted IS 'True: listed as restricted.';
COMMENT ON COLUMN base.fetch.withdrawn_on IS 'The publisher''s own notice of withdrawal.';
CREATE TABLE base.document_event (
    sha256 VARCHAR NOT NULL,
    noticed_at TIMESTAMP NOT NULL,
    kind VARCHAR NOT NULL,
    happened_on DATE,
    url VARCHAR NOT NULL
);
COMMENT ON TABLE base.document_event IS 'One row a document that was replaced, withdrawn, or came back, as a crawl noticed it.';
COMMENT ON COLUMN base.document_event.sha256 IS 'The version it happened to.';
COMMENT ON COLUMN base.document_event.noticed_at IS 'When a crawl noticed it, UTC.';
COMMENT ON COLUMN base.document_event.kind IS 'replaced, withdrawn or returned.';
COMMENT ON COLUMN base.document_event.happened_on IS 'The day, where the publisher says it.';
COMMENT ON COLUMN base.document_event.url IS 'Its address.';
CREATE TABLE base.past_recommendation (
    recommendation_id VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    label VARCHAR,
    text VARCHAR NOT NULL,
    page INTEGER NOT NULL,
    page_end INTEGER NOT NULL,
    addressees VARCHAR[] NOT NULL,
    deadline DATE,
    deadline_text VARCHAR,
    status VARCHAR,
    status_text VARCHAR,
    response_text VARCHAR,
    response_page INTEGER
);
COMMENT ON TABLE base.past_recommendation IS 'One row a recommendation that past nights showed and tonight does not: of a version since replaced, or called no ask by a person since.';
COMMENT ON COLUMN base.past_recommendation.recommendation_id IS 'Hash of document and text; the same every night.';
COMMENT ON COLUMN base.past_recommendation.sha256 IS 'The document.';
COMMENT ON COLUMN base.past_recommendation.kind IS 'What the body calls it.';
COMMENT ON COLUMN base.past_recommendation.label IS 'Number or letter as printed.';
COMMENT ON COLUMN base.past_recommendation.text IS 'Verbatim.';
COMMENT ON COLUMN base.past_recommendation.page IS 'First page, counted from 1.';
COMMENT ON COLUMN base.past_recommendation.page_end IS 'Last page.';
COMMENT ON COLUMN base.past_recommendation.addressees IS 'Who is asked, as printed.';
COMMENT ON COLUMN base.past_recommendation.deadline IS 'Printed deadline.';
COMMENT ON COLUMN base.past_recommendation.deadline_text IS 'The deadline in its own words.';
COMMENT ON COLUMN base.past_recommendation.status IS 'What the response printed beside it says.';
COMMENT ON COLUMN base.past_recommendation.status_text IS 'The words that gave the status.';
COMMENT ON COLUMN base.past_recommendation.response_text IS 'The response printed beside it.';
COMMENT ON COLUMN base.past_recommendation.response_page IS 'Its page.';
