-- Nobody reads it, and each of the four writes of a message's life had to add to it, at a random place.
DROP INDEX "messages_phone";
