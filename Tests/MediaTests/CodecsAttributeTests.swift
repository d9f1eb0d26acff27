import Testing

@testable import Media

@Suite struct CodecsAttributeTests {
    @Test func readsProfileAndLevelFromAVCC() {
        #expect(CodecsAttribute.avc1([1, 0x64, 0x00, 0x28, 0xff]) == "avc1.640028")
    }

    @Test func readsProfileAndLevelFromAnnexB() {
        #expect(CodecsAttribute.avc1([0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1e, 0x95]) == "avc1.42c01e")
        #expect(CodecsAttribute.avc1([0, 0, 1, 0x06, 5, 0, 0, 1, 0x27, 0x4d, 0x00, 0x1f]) == "avc1.4d001f")
    }

    @Test(arguments: [[], [1], [1, 2, 3], [0, 0, 0, 1, 0x68, 1, 2, 3]] as [[UInt8]])
    func shortHeaderHasNone(bytes: [UInt8]) { #expect(CodecsAttribute.avc1(bytes) == nil) }

    @Test func audioObjectTypeIsTheFirstFiveBits() {
        #expect(CodecsAttribute.mp4a([0x11, 0x90]) == "mp4a.40.2")
        #expect(CodecsAttribute.mp4a([0x2b, 0x92]) == "mp4a.40.5")
        #expect(CodecsAttribute.mp4a([]) == nil)
    }
}
