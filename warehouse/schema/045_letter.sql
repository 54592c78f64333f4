CREATE TABLE base.letter (
    sha256 VARCHAR NOT NULL,
    answered_sha256 VARCHAR NOT NULL
);
COMMENT ON TABLE base.letter IS 'One row a document that answers another as a whole: a letter to a coroner, a reply without numbers.';
COMMENT ON COLUMN base.letter.sha256 IS 'The letter.';
COMMENT ON COLUMN base.letter.answered_sha256 IS 'The document it answers.';
