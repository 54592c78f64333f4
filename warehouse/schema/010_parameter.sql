CREATE TABLE base.parameter (
    as_of DATE NOT NULL,
    years_needed INTEGER NOT NULL,
    window_years INTEGER NOT NULL,
    bodies_needed INTEGER NOT NULL,
    response_days INTEGER NOT NULL,
    response_sources VARCHAR[] NOT NULL,
    model_revision VARCHAR,
    is_public BOOLEAN NOT NULL,
    sure_enough DOUBLE NOT NULL
);
COMMENT ON TABLE base.parameter IS 'One row: the day this file speaks of and the rules it was built with.';
COMMENT ON COLUMN base.parameter.as_of IS 'The day the night ran for; overdue days and windows are counted from it, never from today.';
COMMENT ON COLUMN base.parameter.years_needed IS 'Perennial rule: calendar years with an ask, at least.';
COMMENT ON COLUMN base.parameter.window_years IS 'Perennial rule: calendar years looked at, the year of as_of included.';
COMMENT ON COLUMN base.parameter.bodies_needed IS 'Perennial rule: different bodies, at least.';
COMMENT ON COLUMN base.parameter.response_days IS 'Days a duty-bound addressee has to answer when no date is printed.';
COMMENT ON COLUMN base.parameter.response_sources IS 'Sources whose asks carry that duty: coroners (pfd) and paragraph 28A (iopc).';
COMMENT ON COLUMN base.parameter.model_revision IS 'Revision of the embedding model behind semantic search; NULL: no vectors.';
COMMENT ON COLUMN base.parameter.sure_enough IS 'Extraction confidence below which a person is asked whether the row is an ask.';
COMMENT ON COLUMN base.parameter.is_public IS 'True in the file without restricted documents.';
