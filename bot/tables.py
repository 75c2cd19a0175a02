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
