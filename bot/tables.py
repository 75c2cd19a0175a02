"""The tables of irang.db, and how older databases become newer ones."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("irang")


def newer(db: Database) -> str:
    """The changes that a newer program made to this database, "" when there are none."""
    blank = Database(memory=True)
    known = {migration.name for migration in migrations.pending(blank)}
    blank.close()
    return ", ".join(applied.name for applied in migrations.applied(db) if applied.name not in known)


@migrations()
def m001_foundation(db: Database) -> None:
    """Inbox, outbox, conversations, ratings, people."""
    # autoincrement: an id is never given twice, since Discord's nonces, old buttons and "forgotten" are made of them.
    # The inbox keeps a row's payload until it is done, its key for ever after: that is what tells a repeat.
    db.execute(
        """create table inbox (
            id integer primary key autoincrement, platform text not null, key text not null, payload text not null,
            state text not null default 'new',    -- new, done, aside (with its reason)
            attempts integer not null default 0, reason text not null default '', at text not null,
            unique (platform, key)
        ) strict"""
    )
    db.execute("create index inbox_new on inbox (id) where state = 'new'")
    db.execute(
        "create table cursors (platform text, name text, value text not null, primary key (platform, name)) strict"
    )
    # A bubble is one message of ours; an answer to inbox row `inbox` has bubbles 0, 1, 2, … in `part`.
    db.execute(
        """create table outbox (
            id integer primary key autoincrement, inbox integer not null, part integer not null, lane text not null,
            platform text not null, chat text not null, thread text not null, reply_to text not null,
            ref text,                             -- the platform's message id, once known
            body text,                            -- the final text; while it is being written, what its first send said
            state text not null default 'open',   -- open, ready (to be shown), surplus (to be deleted), sent, failed
            turn integer, at text not null,
            unique (inbox, part)
        ) strict"""
    )
    db.execute("create index outbox_due on outbox (id) where state in ('ready', 'surplus')")
    db.execute("create index outbox_ref on outbox (platform, chat, ref)")
    db.execute("create index outbox_turn on outbox (turn)")
    db.execute(
        """create table turns (
            id integer primary key autoincrement, conversation text not null, inbox integer not null,
            platform text not null, chat text not null, question text not null,   -- the question's message id
            person text not null, name text not null, said text not null, answered text not null,
            model text not null, context text not null,  -- JSON list of the turns it was answered from
            state text not null default 'live',   -- live, superseded (by 다시 or an edit), retracted (deleted)
            stopped integer not null default 0, at text not null
        ) strict"""
    )
    db.execute("create index turns_conversation on turns (conversation, inbox, id)")
    db.execute("create index turns_question on turns (platform, chat, question)")
    # Turns asked before inbox row `inbox` are forgotten in this conversation.
    db.execute("create table forgotten (conversation text primary key, inbox integer not null) strict")
    db.execute(
        """create table ratings (
            turn integer not null, platform text not null, person text not null, value text not null, at text not null,
            primary key (turn, platform, person)
        ) strict"""
    )
    db.execute(
        "create table owners (platform text, person text, at text not null, primary key (platform, person)) strict"
    )
    # Strangers hear once that this bot is private.
    db.execute(
        "create table refusals (platform text, chat text, at text not null, primary key (platform, chat)) strict"
    )


@migrations()
def m002_commands(db: Database) -> None:
    """What commands keep: preferences, buttons and questions back, reminders, memos, what is overheard."""
    db.execute(
        "create table preferences (scope text, name text, value text not null, primary key (scope, name)) strict"
    )
    db.execute(
        """create table choices (
            id integer primary key autoincrement, conversation text not null, call text not null, at text not null
        ) strict"""
    )
    db.execute(
        """create table expected (
            conversation text, person text, what text not null, taken integer, at text not null,
            primary key (conversation, person)
        ) strict"""
    )
    # `due` is the next time in UTC; `every` is how it repeats (JSON), "" when it does not.
    db.execute(
        """create table reminders (
            id integer primary key autoincrement, platform text not null, chat text not null, thread text not null,
            conversation text not null, person text not null, name text not null, kind text not null,
            text text not null, due text not null, every text not null default '', zone text not null,
            inbox integer not null, state text not null default 'waiting',   -- waiting, done, cancelled
            at text not null,
            unique (inbox)                            -- a repeat after a crash makes no second one
        ) strict"""
    )
    db.execute("create index reminders_due on reminders (due) where state = 'waiting'")
    db.execute("create index reminders_chat on reminders (conversation) where state = 'waiting'")
    # kind: memo or todo.
    db.execute(
        """create table notes (
            id integer primary key autoincrement, kind text not null, conversation text not null, text text not null,
            done integer not null default 0, inbox integer not null, at text not null,
            unique (kind, inbox)
        ) strict"""
    )
    db.execute("create index notes_of on notes (conversation, kind)")
    db.execute(
        """create table submissions (
            id integer primary key autoincrement, form text not null, platform text not null, person text not null,
            name text not null, answers text not null, inbox integer not null unique, at text not null
        ) strict"""
    )
    # What was said in a group to nobody in particular, where an admin turned that on.
    db.execute(
        """create table overheard (
            id integer primary key autoincrement, platform text not null, chat text not null, thread text not null,
            name text not null, text text not null, inbox integer not null unique, at text not null
        ) strict"""
    )
    db.execute("create index overheard_in on overheard (platform, chat, thread, id)")


@migrations()
def m003_tries(db: Database) -> None:
    """When the send of a message that is never edited was begun: only then may a repeat of it be one."""
    db.execute("alter table outbox add column tried text")


@migrations()
def m004_history(db: Database) -> None:
    """The chat whose history a row belongs to, for platforms that keep no messages themselves (the web page)."""
    db.execute("alter table inbox add column chat text not null default ''")
    db.execute("create index inbox_history on inbox (platform, chat, id) where chat <> ''")


@migrations()
def m005_operating(db: Database) -> None:
    """Why an answer was never taken, and what an operator's looks at the tables need to be short."""
    db.execute("alter table outbox add column reason text not null default ''")
    db.execute("create index inbox_at on inbox (at, platform) where substr(key, 1, 9) <> 'reminder:'")
    db.execute("create index inbox_aside on inbox (id) where state = 'aside'")
    db.execute("create index outbox_failed on outbox (id) where state = 'failed'")
    db.execute("create index turns_at on turns (at, conversation)")


@migrations()
def m006_privacy(db: Database) -> None:
    """What people agreed to, who asked to be forgotten, and whose a row is where that was not kept."""
    # Nothing is changed here, only added: the newest row of a kind counts. `version` is that of the text they saw.
    db.execute(
        """create table consents (
            id integer primary key autoincrement, platform text not null, person text not null, chat text not null,
            kind text not null,                       -- remember, train
            value text not null,                      -- on, off
            version text not null, at text not null
        ) strict"""
    )
    db.execute("create index consents_of on consents (platform, person, kind, id)")
    # Nothing of this person that arrived in inbox row `inbox` or earlier may be kept.
    db.execute(
        """create table erased (
            platform text, person text, inbox integer not null, at text not null,
            state text not null default 'pending',    -- pending, done (outside the database too)
            primary key (platform, person)
        ) strict"""
    )
    for table in ("notes", "choices", "overheard"):
        db.execute(f"alter table {table} add column person text not null default ''")
    db.execute("delete from overheard")  # nobody knows any more whose words these are
    # Answered from more than the conversation: messages that were summed up, documents.
    db.execute("alter table turns add column briefed integer not null default 0")
    db.execute("create index turns_person on turns (platform, person)")


@migrations()
def m007_improving(db: Database) -> None:
    """Better answers that an owner or admin wrote, and new models that answer some of the chats at first."""
    db.execute(
        """create table corrections (
            turn integer not null, platform text not null, person text not null, text text not null, at text not null,
            primary key (turn, platform, person)
        ) strict"""
    )
    # `version` answers `share` percent of the chats beside `live`, both as data/models/ calls them ("": what comes
    # along). `signs` and `others` are how their answers are signed in turns.model, once both have loaded.
    db.execute(
        """create table canaries (
            id integer primary key autoincrement, version text not null, live text not null, share integer not null,
            signs text not null default '', others text not null default '',
            state text not null default 'wanted',  -- wanted, running, passed; rolled_back, promoted, stopped, refused
            reason text not null default '', at text not null, began text, ended text
        ) strict"""
    )


@migrations()
def m008_several_times(db: Database) -> None:
    """One wish may set several reminders ("9시, 13시"): `nth` counts them, where a row of the inbox had one."""
    db.execute("alter table reminders rename to reminders_before")
    db.execute(
        """create table reminders (
            id integer primary key autoincrement, platform text not null, chat text not null, thread text not null,
            conversation text not null, person text not null, name text not null, kind text not null,
            text text not null, due text not null, every text not null default '', zone text not null,
            inbox integer not null, nth integer not null default 0,
            state text not null default 'waiting',    -- waiting, done, cancelled
            at text not null,
            unique (inbox, nth)                       -- a repeat after a crash makes no second one
        ) strict"""
    )
    columns = "id, platform, chat, thread, conversation, person, name, kind, text, due, every, zone, inbox, state, at"
    db.execute(f"insert into reminders ({columns}) select {columns} from reminders_before")  # noqa: S608 fixed names
    # An id is never given twice, so the count goes on: old buttons hold the ids of rows long gone.
    db.execute("delete from sqlite_sequence where name = 'reminders'")
    db.execute("update sqlite_sequence set name = 'reminders' where name = 'reminders_before'")
    db.execute("drop table reminders_before")
    db.execute("create index reminders_due on reminders (due) where state = 'waiting'")
    db.execute("create index reminders_chat on reminders (conversation) where state = 'waiting'")


@migrations()
def m009_several_items(db: Database) -> None:
    """One message may add several things to do ("우유, 계란"): `nth` counts them, where a row of the inbox had one."""
    db.execute("alter table notes rename to notes_before")
    db.execute(
        """create table notes (
            id integer primary key autoincrement, kind text not null, conversation text not null, text text not null,
            done integer not null default 0, inbox integer not null, nth integer not null default 0,
            at text not null, person text not null default '',
            unique (kind, inbox, nth)
        ) strict"""
    )
    columns = "id, kind, conversation, text, done, inbox, at, person"
    db.execute(f"insert into notes ({columns}) select {columns} from notes_before")  # noqa: S608 fixed names
    db.execute("delete from sqlite_sequence where name = 'notes'")  # the count goes on, as the reminders' does
    db.execute("update sqlite_sequence set name = 'notes' where name = 'notes_before'")
    db.execute("drop table notes_before")
    db.execute("create index notes_of on notes (conversation, kind)")
