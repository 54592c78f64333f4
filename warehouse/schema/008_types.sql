-- The values that coded columns may have, in their order: of severity, of the CASE cycle, of how settled a matter is.
-- Base tables hold texts, so that a check can name a row with another value; views make them these types.
CREATE TYPE kind AS ENUM
    ('recommendation', 'area_for_improvement', 'cause_of_concern', 'concern', 'agreed_action', 'quoted_recommendation');
COMMENT ON TYPE kind IS 'What a body calls the unit; quoted_recommendation is one restated in a response.';

CREATE TYPE status AS ENUM (
    'none', 'under consideration', 'noted', 'rejected', 'accepted in principle', 'accepted in part', 'accepted',
    'not ours', 'done'
);
COMMENT ON TYPE status IS 'What a response or a reviewer says of an ask.';

CREATE TYPE said_by AS ENUM ('response', 'review');
COMMENT ON TYPE said_by IS 'Who said it: a published response, or a person here.';

CREATE TYPE due_for AS ENUM ('answer', 'completion');
COMMENT ON TYPE due_for IS 'What is due.';

CREATE TYPE stage AS ENUM ('captured', 'analysed', 'shared', 'evaluated');
COMMENT ON TYPE stage IS 'Stage of the CASE cycle.';

CREATE TYPE framing AS ENUM ('tame', 'wicked');
COMMENT ON TYPE framing IS 'Track it, or discuss it.';

CREATE TYPE link_type AS ENUM ('republished', 'reiterated', 'independent');
COMMENT ON TYPE link_type IS 'How two recommendations of a group relate.';

CREATE TYPE group_event AS ENUM ('new', 'kept', 'split', 'absorbed', 'retired');
COMMENT ON TYPE group_event IS 'What became of a common recommendation in a night.';

CREATE TYPE theme_kind AS ENUM ('perennial', 'operational');
COMMENT ON TYPE theme_kind IS 'Of the organisation''s own list of perennial issues, or not.';

CREATE TYPE proposal_state AS ENUM ('proposed', 'proposed again', 'accepted', 'declined');
COMMENT ON TYPE proposal_state IS 'What people decided on an emerging theme.';

CREATE TYPE question AS ENUM
    ('theme', 'same_ask', 'addressee', 'extraction', 'status', 'ownership', 'plain_name', 'note');
COMMENT ON TYPE question IS 'What a reviewer was asked of a row.';

CREATE TYPE level AS ENUM ('error', 'warning', 'info');
COMMENT ON TYPE level IS 'How bad an issue is, the worst first.';

CREATE TYPE run_state AS ENUM ('running', 'completed', 'degraded', 'failed');
COMMENT ON TYPE run_state IS 'How a run ended.';
