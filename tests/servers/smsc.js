// A small SMSC on node-smpp: orders come in on stdin and what happens goes out on stdout, a JSON object in each line.

const readline = require("readline");
const smpp = require("smpp");

const [, , systemId, password] = process.argv;
const tell = (what, fields) => process.stdout.write(JSON.stringify({ what, ...fields }) + "\n");
let bound = null;
let taken = 0;
let status = 0;

const server = smpp.createServer((session) => {
  session.on("bind_transceiver", (pdu) => {
    const good = pdu.system_id === systemId && pdu.password === password;
    tell("bind", { good, version: pdu.interface_version });
    session.send(pdu.response({ command_status: good ? smpp.ESME_ROK : smpp.ESME_RINVPASWD, system_id: "node" }));
    bound = good ? session : bound;
  });
  session.on("submit_sm", (pdu) => {
    const name = (0xa0000 + ++taken).toString(16);
    const words = pdu.message_payload || pdu.short_message;
    tell("submit", {
      name, status, words: words.message, udh: (words.udh || []).map((part) => part.toString("hex")),
      place: pdu.sar_segment_seqnum, total: pdu.sar_total_segments, reference: pdu.sar_msg_ref_num,
      source: pdu.source_addr, target: pdu.destination_addr, ton: pdu.dest_addr_ton, npi: pdu.dest_addr_npi,
      coding: pdu.data_coding, registered: pdu.registered_delivery,
    });
    session.send(pdu.response({ command_status: status, message_id: status ? "" : name }));
  });
  session.on("enquire_link", (pdu) => session.send(pdu.response()));
  session.on("unbind", (pdu) => { tell("unbind", {}); session.send(pdu.response()); session.close(); });
  session.on("error", (trouble) => tell("error", { code: String(trouble.code || trouble.message) }));
  session.on("close", () => { bound = bound === session ? null : bound; });
});

const orders = {
  deliver: ({ fields, udh, hex }) => {
    const body = hex === undefined ? fields.short_message : Buffer.from(hex, "hex");
    const short_message = udh ? { udh: Buffer.from(udh, "hex"), message: body } : body;
    const asked = bound.deliver_sm({ ...fields, short_message }, (answer) => tell("delivered", { status: answer.command_status }));
    if (!asked) tell("error", { code: "not sent" });
  },
  refuse: ({ with: given }) => { status = given; tell("refusing", { status }); },
  ask: () => bound.enquire_link((answer) => tell("alive", { status: answer.command_status })),
};

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const order = JSON.parse(line);
  orders[order.order](order);
}).on("close", () => process.exit(0));

server.listen(0, "127.0.0.1", () => tell("listening", { port: server.address().port }));
