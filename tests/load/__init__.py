"""Ten thousand chats at a steady pace, for minutes: how long people wait, and what the bot's process grows by."""
