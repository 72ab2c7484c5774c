-- Where the process that changes the store takes requests that others are sent.
ALTER TABLE store_leases ADD COLUMN url TEXT;
