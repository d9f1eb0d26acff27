import Domain
import Foundation
import Testing

@testable import Media

/// HDR comes out as SDR that looks right, whatever its metadata claims.
@Suite struct HighDynamicRangeTests {
    static let pq = "transfer=smpte2084"
    static let hlg = "transfer=arib-std-b67"

    /// A picture of BT.2020: grey and red of 203 cd/m² above, black and white of 1000 cd/m² below.
    static func clip(_ transfer: String, parameters: String = "", container: String = "") throws -> Clip {
        // 10-bit codes of grey, red and white: BT.2408 puts 203 cd/m² at 58 % of PQ's and at 75 % of HLG's range.
        let isPQ = transfer == pq
        let (grey, red, white) = isPQ ? (573, (198, 439, 772), 723) : (721, (237, 418, 848), 940)
        func plane(_ grey: Int, _ red: Int, _ black: Int, _ white: Int) -> String {
            "'if(lt(Y,H/2),if(lt(X,W/2),\(grey),\(red)),if(lt(X,W/2),\(black),\(white)))'"
        }
        return try Clip(
            "clip.mp4",
            "-f lavfi -i color=gray:s=320x180:r=10:d=0.6,format=yuv420p10le,geq=lum=\(plane(grey, red.0, 64, white))"
                + ":cb=\(plane(512, red.1, 512, 512)):cr=\(plane(512, red.2, 512, 512)) "
                + "-c:v libx265 -preset ultrafast -tag:v hvc1 -x265-params log-level=none:crf=4:colorprim=bt2020:"
                + "colormatrix=bt2020nc:\(transfer)\(parameters) \(container)"
        )
    }

    func checkLooks(_ clip: Clip) throws {
        let processed = try clip.process()
        let picture = try processed.picture()
        let grey = picture.color(0.25, 0.25)
        // 58 % to 75 % of the range between black and white.
        #expect((143...180).contains(grey.y), "\(grey)")
        #expect(abs(grey.u - 128) < 3 && abs(grey.v - 128) < 3, "\(grey)")
        let red = picture.color(0.75, 0.25)
        #expect(red.v > 180 && red.u < 120 && red.y < 100, "\(red)")
        #expect(picture.color(0.25, 0.75).y < 20)
        #expect(picture.color(0.75, 0.75).y > 220, "\(picture.color(0.75, 0.75))")
        try checkTags(processed)
    }

    func checkTags(_ processed: Processed) throws {
        let stream = try processed.streams("stream=pix_fmt,color_transfer,color_primaries,color_space")
        #expect(stream.contains("pix_fmt=yuv420p\n"))
        for entry in ["transfer", "primaries", "space"] { #expect(stream.contains("color_\(entry)=bt709")) }
        let data = try processed.streams("stream_side_data:frame_side_data")
        for word in ["DOVI", "Mastering", "light level", "dynamic"] { #expect(!data.contains(word)) }
    }

    @Test(arguments: [pq, hlg])
    func looksRight(transfer: String) throws { try checkLooks(Self.clip(transfer)) }

    /// What mastering metadata say is often wrong, and must not change the picture.
    @Test(arguments: ["L(10000000,50):max-cll=1000,400", "L(1,0):max-cll=1,1", "L(4294967295,0):max-cll=65535,65535"])
    func masteringMetadataChangeNothing(luminance: String) throws {
        let display = ":master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)\(luminance)"
        try checkLooks(Self.clip(Self.pq, parameters: display))
    }

    @Test func containerThatClaimsSDRIsNotBelieved() throws {
        let tags = "-color_primaries bt709 -color_trc bt709 -colorspace bt709"
        let clip = try Self.clip(Self.pq, container: tags)
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
        for (transfer, compatibility) in [(Self.hlg, UInt8(4)), (Self.pq, 1)] {
            let clip = try Self.clip(transfer).patched {
                let record = Self.dolbyVision(profile: 8, compatibility: compatibility)
                try BoxEditor.insert("dvvC", record, atEndOf: Self.sampleEntry, in: &$0)
            }
            #expect(try clip.streams().contains("DOVI"))
            try checkLooks(clip)
        }
    }

    @Test(arguments: [("dvcC", 5), ("dvvC", 8), ("dvvC", 10)] as [(String, UInt8)])
    func dolbyVisionWithoutOneIsRefused(box: String, profile: UInt8) throws {
        let clip = try Self.clip(Self.pq).patched {
            let record = Self.dolbyVision(profile: profile, compatibility: 0)
            try BoxEditor.insert(box, record, atEndOf: Self.sampleEntry, in: &$0)
        }
        #expect(try clip.refusal() == .unsupportedFormat)
    }
}
