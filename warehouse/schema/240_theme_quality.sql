CREATE TABLE base.theme_quality (
    theme VARCHAR NOT NULL,
    judged INTEGER NOT NULL,
    belonging INTEGER NOT NULL,
    precision_before DOUBLE NOT NULL,
    recall_before DOUBLE NOT NULL,
    f1_before DOUBLE NOT NULL,
    brier_before DOUBLE NOT NULL,
    precision_after DOUBLE,
    recall_after DOUBLE,
    f1_after DOUBLE,
    brier_after DOUBLE,
    is_learnt BOOLEAN NOT NULL
);
COMMENT ON TABLE base.theme_quality IS 'How each theme fares on the rows that people judged, before and after learning from them.';
COMMENT ON COLUMN base.theme_quality.theme IS 'Slug.';
COMMENT ON COLUMN base.theme_quality.judged IS 'Rows that a person judged for it.';
COMMENT ON COLUMN base.theme_quality.belonging IS 'Those of them that belong to it.';
COMMENT ON COLUMN base.theme_quality.precision_before IS 'Share of rows given the theme that belong to it, by the shipped model.';
COMMENT ON COLUMN base.theme_quality.recall_before IS 'Share of rows that belong to the theme that were given it, by the shipped model.';
COMMENT ON COLUMN base.theme_quality.f1_before IS 'Harmonic mean of the two, by the shipped model.';
COMMENT ON COLUMN base.theme_quality.brier_before IS 'Mean squared error of the probability; less is better, by the shipped model.';
COMMENT ON COLUMN base.theme_quality.precision_after IS 'Share of rows given the theme that belong to it, after learning, measured on rows left out of it; NULL: too few judgements.';
COMMENT ON COLUMN base.theme_quality.recall_after IS 'Share of rows that belong to the theme that were given it, after learning, measured on rows left out of it; NULL: too few judgements.';
COMMENT ON COLUMN base.theme_quality.f1_after IS 'Harmonic mean of the two, after learning, measured on rows left out of it; NULL: too few judgements.';
COMMENT ON COLUMN base.theme_quality.brier_after IS 'Mean squared error of the probability; less is better, after learning, measured on rows left out of it; NULL: too few judgements.';
COMMENT ON COLUMN base.theme_quality.is_learnt IS 'True: what was learnt did better on the judged rows and is in use. False: the shipped model stays.';
