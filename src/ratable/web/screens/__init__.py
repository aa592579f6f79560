"""One module for each screen: it reads its address, asks, and says what stands in the table."""
