import NIOCore
import Testing

@testable import ObjectStorage

@Suite struct CRC64Tests {
    /// The check value of CRC-64/XZ in catalogues, and others by Aliyun's SDK for Python.
    @Test(
        arguments: [
            ("", 0), ("123456789", 0x995D_C9BB_DF19_39FA), ("a", 0x3302_8477_2E65_2B05),
            ("The quick brown fox jumps over the lazy dog", 0x5B5E_B8C2_E54A_A1C4),
        ] as [(String, UInt64)]
    )
    func knownTextsHaveTheirChecksums(text: String, checksum: UInt64) {
        #expect(CRC64(ByteBuffer(string: text)).value == checksum, "\(text)")
    }

    @Test func piecesGiveTheSameAsTheWhole() {
        let bytes = ObjectStoreConformance.bytes(10_000)
        let whole = CRC64(ByteBuffer(bytes: bytes)).value
        for split in [0, 1, 7, 8, 9, 4096, 9_999, 10_000] {
            let (first, second) = (ByteBuffer(bytes: bytes[..<split]), ByteBuffer(bytes: bytes[split...]))
            var running = CRC64(first)
            running.update(second)
            #expect(running.value == whole)
            let combined = CRC64.combine(
                CRC64(first).value,
                CRC64(second).value,
                secondBytes: Int64(second.readableBytes)
            )
            #expect(combined == whole, "split at \(split)")
        }
    }

    /// Against Aliyun's SDK; the second length is more than any memory has.
    @Test(arguments: [(4, 0xFF48_FD1D_2F58_CBE7), (5_497_558_138_883, 0xFC33_1E54_C76E_8514)] as [(Int64, UInt64)])
    func lengthsOfAnySizeAreCombined(bytes: Int64, checksum: UInt64) {
        let (first, second) = (CRC64(ByteBuffer(string: "clip")).value, CRC64(ByteBuffer(string: "yard")).value)
        #expect(CRC64.combine(first, second, secondBytes: bytes) == checksum)
    }
}
