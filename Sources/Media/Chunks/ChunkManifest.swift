import FFmpeg
import Foundation

/// What one encoded window holds: enough to join it with its neighbours without looking into them.
struct ChunkManifest: Codable, Equatable {
    /// The encoded pictures of one rung.
    struct Rung: Codable, Equatable {
        var name: String
        /// How many pictures the encoder takes before the first comes out.
        var reorderDelay: Int
        var frameRate: Rational
    }

    var window: ChunkWindow
    /// The unit of `times`.
    var timeBase: Rational
    /// When each picture is shown, from the video's start: the same for every rung, and empty in a long gap.
    var times: [Int64]
    /// Largest first; empty if there are no pictures.
    var rungs: [Rung]
    /// When the whole video ends; only the last window knows.
    var endSeconds: Double?
    /// How many pictures were decoded, with those around the window, and how many of them were lost or guessed.
    var decodedFrames: Int
    var brokenPictures: Int

    /// Whether sums of its numbers fit, and its delays are places in a list: it is a file that another process wrote.
    var isPlausible: Bool {
        let (times, counts) = (-(1 << 60)...Int64(1 << 60), 0...(1 << 40))
        return self.times.allSatisfy(times.contains) && rungs.map(\.reorderDelay).allSatisfy(counts.contains)
            && counts.contains(decodedFrames) && counts.contains(brokenPictures)
    }
}

/// What the encoded sound is.
struct SoundManifest: Codable, Equatable {
    /// A track may turn out to be empty: then there is no file.
    var hasSound = false
    /// The unit of the packets' times.
    var timeBase = Rational(1, 1)
    var bitsPerSecond = 0
    var packetCount = 0
    /// How long the last packet is heard: the end of it may be cut off.
    var lastDuration: Int64 = 0
}

/// Manifests as files.
enum ManifestFile {
    static func write(_ manifest: some Encodable, to url: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do { try encoder.encode(manifest).write(to: url) } catch {
            throw MediaError(.outputUnwritable, "\(url.path) cannot be written: \(error)")
        }
    }

    static func read<Manifest: Decodable>(_ type: Manifest.Type, from url: URL) throws -> Manifest {
        do { return try JSONDecoder().decode(type, from: Data(contentsOf: url)) } catch {
            throw MediaError(.sourceUnreadable, "\(url.path) is missing or not complete; encode that piece again.")
        }
    }
}
