CREATE VIEW parameters AS
SELECT * FROM base.parameter;
COMMENT ON VIEW parameters IS 'One row: the day this file speaks of and the rules it was built with.';
COMMENT ON COLUMN parameters.as_of IS 'The day the night ran for; windows and overdue days are counted to it.';
COMMENT ON COLUMN parameters.years_needed IS 'Perennial rule: calendar years with a recurring ask, at least.';
COMMENT ON COLUMN parameters.window_years IS 'Perennial rule: calendar years looked at, the year of as_of included (so early in a year the window is nearly a year shorter).';
COMMENT ON COLUMN parameters.bodies_needed IS 'Perennial rule: different bodies, at least.';
COMMENT ON COLUMN parameters.response_days IS 'Days to answer where no date is printed.';
COMMENT ON COLUMN parameters.response_sources IS 'Sources whose asks must be answered within them.';
COMMENT ON COLUMN parameters.model_revision IS 'Revision of the embedding model; NULL: no vectors, so no semantic search.';
COMMENT ON COLUMN parameters.sure_enough IS 'Rows extracted with less confidence stay in the views, and review_queue asks whether they are asks at all.';
COMMENT ON COLUMN parameters.is_public IS 'True in the file without restricted documents.';
