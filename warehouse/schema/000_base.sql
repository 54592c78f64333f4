-- Base tables live apart, so that `SHOW TABLES` shows an analyst the views only.
-- No primary keys: their index must fit in memory and slows loading; checks/unique_ids.sql looks for repeats instead,
-- and a repeat then keeps last night's file with a finding a person can read.
CREATE SCHEMA base;
