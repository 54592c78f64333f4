CREATE TABLE base.trait (
    recommendation_id VARCHAR NOT NULL,
    levers VARCHAR[] NOT NULL,
    lever_words VARCHAR[] NOT NULL,
    smart_who BOOLEAN NOT NULL,
    smart_what BOOLEAN NOT NULL,
    smart_when BOOLEAN NOT NULL
);
COMMENT ON TABLE base.trait IS 'One row a recommendation: which levers it would pull and how specific it is, by stated rules.';
COMMENT ON COLUMN base.trait.recommendation_id IS 'The recommendation.';
COMMENT ON COLUMN base.trait.levers IS 'guidance, training, supervision, systems, resources, partnership, governance, estate.';
COMMENT ON COLUMN base.trait.lever_words IS 'For each lever the words of the text that point to it.';
COMMENT ON COLUMN base.trait.smart_who IS 'True: a body or role is named as the one to act.';
COMMENT ON COLUMN base.trait.smart_what IS 'True: an action is asked for that can be seen to be done.';
COMMENT ON COLUMN base.trait.smart_when IS 'True: a date or period is set for it.';
