CREATE TABLE base.recommendation (
    recommendation_id VARCHAR NOT NULL,
    ask_id VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    label VARCHAR,
    text VARCHAR NOT NULL,
    page INTEGER NOT NULL,
    page_end INTEGER NOT NULL,
    spans STRUCT(page INTEGER, "start" INTEGER, "end" INTEGER)[] NOT NULL,
    boxes STRUCT(page INTEGER, x0 DOUBLE, top DOUBLE, x1 DOUBLE, bottom DOUBLE)[] NOT NULL,
    also_on_pages INTEGER[] NOT NULL,
    parts STRUCT(label VARCHAR, text VARCHAR)[] NOT NULL,
    addressees VARCHAR[] NOT NULL,
    deadline DATE,
    deadline_text VARCHAR,
    status VARCHAR,
    status_text VARCHAR,
    response_text VARCHAR,
    response_page INTEGER,
    confidence DOUBLE NOT NULL,
    grammar VARCHAR NOT NULL
);
COMMENT ON TABLE base.recommendation IS 'One row a verbatim recommendation at its place in the archived bytes.';
COMMENT ON COLUMN base.recommendation.recommendation_id IS 'Hash of document and text; the same every night.';
COMMENT ON COLUMN base.recommendation.ask_id IS 'recommendation_id of the first printing of the same ask; equal to its own id unless this row is a reprint.';
COMMENT ON COLUMN base.recommendation.sha256 IS 'The document.';
COMMENT ON COLUMN base.recommendation.kind IS 'What the body calls it.';
COMMENT ON COLUMN base.recommendation.label IS 'Number or letter as printed.';
COMMENT ON COLUMN base.recommendation.text IS 'Verbatim, line breaks and hyphens repaired.';
COMMENT ON COLUMN base.recommendation.page IS 'First page, counted from 1.';
COMMENT ON COLUMN base.recommendation.page_end IS 'Last page.';
COMMENT ON COLUMN base.recommendation.spans IS 'Offsets into each page''s raw text.';
COMMENT ON COLUMN base.recommendation.boxes IS 'Rectangles in points, origin top left.';
COMMENT ON COLUMN base.recommendation.also_on_pages IS 'Other pages of the same document that print it again.';
COMMENT ON COLUMN base.recommendation.parts IS 'Lettered or bulleted parts.';
COMMENT ON COLUMN base.recommendation.addressees IS 'Who is asked.';
COMMENT ON COLUMN base.recommendation.deadline IS 'Printed deadline as a date.';
COMMENT ON COLUMN base.recommendation.deadline_text IS 'Printed deadline in its own words.';
COMMENT ON COLUMN base.recommendation.status IS 'What the response printed with it says.';
COMMENT ON COLUMN base.recommendation.status_text IS 'The words that gave the status.';
COMMENT ON COLUMN base.recommendation.response_text IS 'The response printed with it.';
COMMENT ON COLUMN base.recommendation.response_page IS 'Page of that response.';
COMMENT ON COLUMN base.recommendation.confidence IS 'Extractor''s confidence, 0 to 1.';
COMMENT ON COLUMN base.recommendation.grammar IS 'Name of the grammar that read it.';
