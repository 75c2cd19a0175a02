"""Facts from outside: weather, exchange rates, stock prices; and the names by which people call what they ask for."""
