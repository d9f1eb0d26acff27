import Domain
import Foundation
import TestSupport
import Testing

@testable import Media

/// HDR comes out as SDR that looks right, whatever its metadata claims.
@Suite struct HighDynamicRangeTests {
    /// Side by side: greys up to white of 1000 cd/m², black, primaries, and a face.
    static let patches = [
        LightPatch(0, 0, 0), LightPatch(20, 20, 20), LightPatch(203, 203, 203), LightPatch(1000, 1000, 1000),
        LightPatch(203, 20, 20), LightPatch(20, 203, 20), LightPatch(20, 20, 203), LightPatch(180, 105, 75),
    ]

    static func clip(_ transfer: LightPatch.Transfer, parameters: String = "", container: String = "") throws -> Clip {
        let samples = patches.map { $0.samples(transfer) }
        func plane(_ values: [Int]) -> String {
            let nested = values.dropLast().enumerated().reversed().reduce("\(values.last ?? 0)") { rest, column in
                "if(lt(X,W*\(column.offset + 1)/\(values.count)),\(column.element),\(rest))"
            }
            return "'\(nested)'"
        }
        let (y, u, v) = (plane(samples.map { $0.y }), plane(samples.map { $0.u }), plane(samples.map { $0.v }))
        return try Clip(
            "clip.mp4",
            "-f lavfi -i color=gray:s=320x180:r=10:d=0.6,format=yuv420p10le,geq=lum=\(y):cb=\(u):cr=\(v) "
                + "-c:v libx265 -preset ultrafast -tag:v hvc1 -x265-params log-level=none:crf=4:colorprim=bt2020:"
                + "colormatrix=bt2020nc:transfer=\(transfer.rawValue)\(parameters) \(container)"
        )
    }

    /// Luma and colours of every patch, computed from the light that it stands for.
    func checkLooks(_ clip: Clip) throws {
        let processed = try clip.process()
        let picture = try processed.picture()
        for (index, patch) in Self.patches.enumerated() {
            let color = picture.color((Double(index) + 0.5) / Double(Self.patches.count), 0.5)
            #expect(color.isNear(patch.expected, within: 3), "\(patch): \(color) is not \(patch.expected)")
        }
        try checkTags(processed)
    }

    func checkTags(_ processed: Processed) throws {
        let stream = try processed.streams("stream=pix_fmt,color_transfer,color_primaries,color_space")
        #expect(stream.contains("pix_fmt=yuv420p\n"))
        for entry in ["transfer", "primaries", "space"] { #expect(stream.contains("color_\(entry)=bt709")) }
        let data = try processed.streams("stream_side_data:frame_side_data")
        for word in ["DOVI", "Mastering", "light level", "dynamic"] { #expect(!data.contains(word)) }
    }

    @Test(arguments: [LightPatch.Transfer.pq, .hlg])
    func looksRight(transfer: LightPatch.Transfer) throws { try checkLooks(Self.clip(transfer)) }

    /// What mastering metadata say is often wrong, and must not change the picture.
    @Test(arguments: ["L(10000000,50):max-cll=1000,400", "L(1,0):max-cll=1,1", "L(4294967295,0):max-cll=65535,65535"])
    func masteringMetadataChangeNothing(luminance: String) throws {
        let display = ":master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)\(luminance)"
        try checkLooks(Self.clip(.pq, parameters: display))
    }

    @Test func containerThatClaimsSDRIsNotBelieved() throws {
        let tags = "-color_primaries bt709 -color_trc bt709 -colorspace bt709"
        let clip = try Self.clip(.pq, container: tags)
        let file = try Data(contentsOf: clip.url)
        #expect(file.range(of: Data("colrnclx".utf8) + [0, 1, 0, 1, 0, 1]) != nil)
        try checkLooks(clip)
    }

    static let sampleEntry = ["moov", "trak", "mdia", "minf", "stbl", "stsd", "hvc1"]

    /// Dolby Vision's configuration: version, profile, level 4 with RPU and base layer, and what the base layer is.
    static func dolbyVision(profile: UInt8, compatibility: UInt8) -> [UInt8] {
        [1, 0, profile << 1, 0x25, compatibility << 4] + [UInt8](repeating: 0, count: 19)
    }

    @Test func dolbyVisionWithACompatibleBaseLayerIsThatLayer() throws {
        for (transfer, compatibility) in [(LightPatch.Transfer.hlg, UInt8(4)), (.pq, 1)] {
            let clip = try Self.clip(transfer).patched {
                let record = Self.dolbyVision(profile: 8, compatibility: compatibility)
                try BoxEditor.insert("dvvC", record, atEndOf: Self.sampleEntry, in: &$0)
            }
            #expect(try clip.streams().contains("DOVI"))
            try checkLooks(clip)
        }
    }

    @Test func dolbyVisionOverSDRIsThatLayer() throws {
        let clip = try Clip(
            "clip.mp4",
            "-f lavfi -i color=0x406080:s=320x180:r=10:d=0.6,scale=out_color_matrix=bt709,format=yuv420p -c:v libx265 "
                + "-preset ultrafast -tag:v hvc1 -x265-params log-level=none:crf=4:colorprim=bt709:transfer=bt709:"
                + "colormatrix=bt709"
        ).patched {
            let record = Self.dolbyVision(profile: 8, compatibility: 2)
            try BoxEditor.insert("dvvC", record, atEndOf: Self.sampleEntry, in: &$0)
        }
        let processed = try clip.process()
        let expected = Picture.Color(0x40 / 255.0, 0x60 / 255.0, 0x80 / 255.0)
        let color = try processed.picture().color(0.5, 0.5)
        #expect(color.isNear(expected, within: 4), "\(color) is not \(expected)")
        try checkTags(processed)
    }

    @Test(arguments: [("dvcC", 5), ("dvvC", 8), ("dvvC", 10)] as [(String, UInt8)])
    func dolbyVisionWithoutOneIsRefused(box: String, profile: UInt8) throws {
        let clip = try Self.clip(.pq).patched {
            let record = Self.dolbyVision(profile: profile, compatibility: 0)
            try BoxEditor.insert(box, record, atEndOf: Self.sampleEntry, in: &$0)
        }
        #expect(try clip.refusal() == .unsupportedFormat)
    }
}
