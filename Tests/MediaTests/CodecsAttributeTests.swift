import Testing

@testable import Media

@Suite struct CodecsAttributeTests {
    @Test func readsProfileAndLevelFromAVCC() {
        #expect(CodecsAttribute.avc1([1, 0x64, 0x00, 0x28, 0xff]) == "avc1.640028")
    }

    @Test(arguments: [[], [1], [1, 2, 3], [0, 0, 0, 1, 0x68, 1, 2, 3]] as [[UInt8]])
    func shortHeaderHasNone(bytes: [UInt8]) {
        #expect(CodecsAttribute.avc1(bytes) == nil)
        #expect(CodecsAttribute.hvc1(bytes) == nil)
        #expect(CodecsAttribute.av01(bytes) == nil)
    }

    @Test func audioObjectTypeIsTheFirstFiveBits() {
        #expect(CodecsAttribute.mp4a([0x11, 0x90]) == "mp4a.40.2")
        #expect(CodecsAttribute.mp4a([0x2b, 0x92]) == "mp4a.40.5")
        #expect(CodecsAttribute.mp4a([]) == nil)
    }

    /// The examples of ISO/IEC 14496-15, annex E.3, and what x265 writes.
    @Test(
        arguments: [
            ([1, 0x01, 0x60, 0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 93], "hvc1.1.6.L93.B0"),
            ([1, 0x02, 0x20, 0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 120], "hvc1.2.4.L120.B0"),
            ([1, 0x64, 0x82, 0, 0, 0, 0xb0, 0x23, 0, 0, 0, 0, 120], "hvc1.A4.41.H120.B0.23"),
            ([1, 0x01, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 63], "hvc1.1.6.L63"),
        ] as [([UInt8], String)]
    )
    func readsHEVC(hvcC: [UInt8], attribute: String) { #expect(CodecsAttribute.hvc1(hvcC) == attribute) }

    @Test func readsAV1() {
        #expect(CodecsAttribute.av01([0x81, 0x04, 0x0c, 0]) == "av01.0.04M.08")
        #expect(CodecsAttribute.av01([0x81, 0x0d, 0xcc, 0]) == "av01.0.13H.10")
    }

    @Test func saysWhatDiffersFromBT709() {
        let bt709 = SampleEntry.Color(primaries: 1, transfer: 1, matrix: 1, isFullRange: false)
        #expect(CodecsAttribute.av01([0x81, 0x04, 0x0c, 0], color: bt709) == "av01.0.04M.08")
        let bt601 = SampleEntry.Color(primaries: 6, transfer: 6, matrix: 6, isFullRange: false)
        #expect(CodecsAttribute.av01([0x81, 0x04, 0x0d, 0], color: bt601) == "av01.0.04M.08.0.111.06.06.06.0")
    }
}
