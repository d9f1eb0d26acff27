import Testing

@testable import API

@Suite struct ClientAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("192.0.2.1:443", "192.0.2.1"), (" 192.0.2.1\t", "192.0.2.1"),
        ("0.0.0.0", "0.0.0.0"), ("255.255.255.255:65535", "255.255.255.255"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:0201", "192.0.2.1"), ("[::ffff:192.0.2.1]:443", "192.0.2.1"),
        ("0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"), ("2001:DB8::1", "2001:db8:0:0::/64"),
        ("[2001:db8::1]", "2001:db8:0:0::/64"), ("[2001:db8:1:2::1]:443", "2001:db8:1:2::/64"),
        ("::", "0:0:0:0::/64"), ("::1", "0:0:0:0::/64"), ("1::", "1:0:0:0::/64"), ("1:2:3:4:5:6:7::", "1:2:3:4::/64"),
        ("::2:3:4:5:6:7:8", "0:2:3:4::/64"), ("fe80::1%eth0", "fe80:0:0:0::/64"),
        ("[fe80::1%eth0]:80", "fe80:0:0:0::/64"),
        ("64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"), ("1:2:3:4:5:6:192.0.2.1", "1:2:3:4::/64"),
    ])
    func addressesAreRead(text: String, address: String) {
        #expect(ClientAddress(text)?.description == address)
    }

    @Test(arguments: [
        "", " ", "unknown", "localhost", "192.0.2", "192.0.2.1.1", "192.0.2.256", "192.0.02.1", "192.0.2.",
        "192.0.2.+1",
        "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:a", "192.0.2.1, 192.0.2.2", "1.2.3.4/24", "0x7f.0.0.1", "١.2.3.4",
        ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4::5:6:7:8", "12345::", "g::", "1:", ":1",
        "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "[::1", "::1]", "[::1]80", "[::1]:", "[]",
        "%eth0",
        "192.0.2.1%eth0", "_hidden",
    ])
    func anythingElseIsNoAddress(text: String) {
        #expect(ClientAddress(text) == nil)
    }

    @Test func oneNetworkOfIPv6IsOneClient() {
        #expect(ClientAddress("2001:db8:1:2::1") == ClientAddress("[2001:db8:1:2:ffff:ffff:ffff:ffff]:443"))
        #expect(ClientAddress("2001:db8:1:2::1") != ClientAddress("2001:db8:1:3::1"))
        #expect(ClientAddress("192.0.2.1") != ClientAddress("192.0.2.2"))
        // The same bits, as another kind of address.
        #expect(ClientAddress("0.0.0.0") != ClientAddress("::"))
    }

    private func client(_ forwarded: String?, _ real: String?, _ peer: String?, trusts: Bool = true) -> String? {
        ClientAddress.client(forwardedFor: forwarded, realIP: real, peer: peer, trustsForwarded: trusts)?.description
    }

    @Test func theGatewaysWordIsTheLast() {
        #expect(client("192.0.2.1", nil, "10.0.0.1") == "192.0.2.1")
        #expect(client("198.51.100.9, 192.0.2.1", "10.0.0.2", "10.0.0.1") == "192.0.2.1")
        #expect(client("unknown,192.0.2.1 ", nil, "10.0.0.1") == "192.0.2.1")
    }

    @Test func whatStandsBeforeItIsNeverBelieved() {
        #expect(client("198.51.100.9, unknown", nil, "10.0.0.1") == "10.0.0.1")
        #expect(client("198.51.100.9,", nil, "10.0.0.1") == "10.0.0.1")
    }

    @Test func theOtherHeaderAndThePeerStepIn() {
        #expect(client(nil, "192.0.2.1", "10.0.0.1") == "192.0.2.1")
        #expect(client("", "192.0.2.1", "10.0.0.1") == "192.0.2.1")
        #expect(client(nil, nil, "10.0.0.1") == "10.0.0.1")
        #expect(client("?", "?", nil) == nil)
    }

    @Test func withoutAGatewayOnlyThePeerCounts() {
        #expect(client("192.0.2.1", "192.0.2.2", "10.0.0.1", trusts: false) == "10.0.0.1")
        #expect(client("192.0.2.1", "192.0.2.2", nil, trusts: false) == nil)
    }
}
