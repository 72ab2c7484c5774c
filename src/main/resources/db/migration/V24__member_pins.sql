-- Tasks that went back to a revision whose members are not those that they would have now, with these members as JSON.
CREATE TABLE member_pins (
    task_id TEXT NOT NULL PRIMARY KEY,
    members TEXT NOT NULL
);
