import Testing

@testable import Media

@Suite struct AVCConfigurationTests {
    /// High profile, level 4.0, four bytes of length, a sequence and a picture parameter set.
    static let header: [UInt8] = [1, 100, 0, 40, 0xff, 0xe1, 0, 2, 0x67, 9, 1, 0, 1, 0x68]
    let configuration = AVCConfiguration(header)

    @Test func headerIsRead() throws {
        let configuration = try #require(configuration)
        #expect(configuration.profile == 100)
        #expect(configuration.level == 40)
        #expect(configuration.lengthSize == 4)
        #expect(configuration.parameterSets == [[0x67, 9], [0x68]])
    }

    @Test(arguments: [[], [0, 0, 0, 1, 0x67, 100, 0, 40], Array(header.dropLast())])
    func otherHeaderIsNone(header: [UInt8]) { #expect(AVCConfiguration(header) == nil) }

    @Test(arguments: [
        ([0, 0, 0, 2, 0x65, 1], true),
        // Supplemental information, the same parameter set once more, then the picture.
        ([0, 0, 0, 1, 0x06, 0, 0, 0, 2, 0x67, 9, 0, 0, 0, 1, 0x65], true),
        // Another parameter set.
        ([0, 0, 0, 2, 0x67, 8, 0, 0, 0, 1, 0x65], false),
        // A picture that is only intra-coded.
        ([0, 0, 0, 2, 0x41, 1], false),
        // A unit that is longer than the packet.
        ([0, 0, 0, 9, 0x65, 1], false),
        ([0, 0, 0], false),
        ([], false),
    ])
    func decodingStartsAtPicturesThatNeedNothingElse(packet: [UInt8], canStart: Bool) throws {
        #expect(try #require(configuration).canStart(at: packet) == canStart)
    }
}
