# A mail that comes twice, known by its Message-ID, is kept once (RFC 7352).
require ["duplicate"];
if duplicate { discard; }
