import Foundation

/// Reads the files of one rendition; what cannot be read becomes a finding.
struct RenditionReader {
    let package: URL
    /// Below the package's folder, for example `hls/720`.
    let folder: String

    func playlist(_ name: String, _ findings: inout Findings) -> MediaPlaylist? {
        let path = "\(folder)/\(name)"
        guard let text = try? String(contentsOf: package.appending(path: path), encoding: .utf8) else {
            findings.add(.files, path, "is missing, or is not UTF-8")
            return nil
        }
        do { return try MediaPlaylist(parsing: text) } catch {
            findings.add(.playlistSyntax, path, "is no playlist: \(error)")
            return nil
        }
    }

    func initialization(
        _ name: String,
        _ findings: inout Findings
    ) -> (movie: Movie, video: Movie.Track, parameters: VideoParameters)? {
        let path = "\(folder)/\(name)"
        guard exists(path, &findings) else { return nil }
        do throws(MalformedMedia) {
            let movie = try MP4File(package.appending(path: path)).movie()
            guard let video = movie.video, movie.tracks.filter({ $0.kind == .video }).count == 1 else {
                throw MalformedMedia("has not exactly one track of pictures")
            }
            return (movie, video, try VideoParameters(video.entry))
        } catch {
            findings.add(.structure, path, error.message)
            return nil
        }
    }

    /// All segments, or `nil` if one cannot be read.
    func segments(
        _ names: [String],
        _ movie: Movie,
        _ video: Movie.Track,
        _ findings: inout Findings
    ) -> [RenditionContents.Segment]? {
        var segments: [RenditionContents.Segment] = []
        for name in names {
            let path = "\(folder)/\(name)"
            guard exists(path, &findings) else { continue }
            do { segments.append(try segment(path, movie, video)) } catch {
                findings.add(.structure, path, error.message)
            }
        }
        return segments.count == names.count ? segments : nil
    }

    private func exists(_ path: String, _ findings: inout Findings) -> Bool {
        let isFile = FileManager.default.fileExists(atPath: package.appending(path: path).path)
        findings.require(isFile, .files, path, "is missing")
        return isFile
    }

    private func segment(
        _ path: String,
        _ movie: Movie,
        _ video: Movie.Track
    ) throws(MalformedMedia) -> RenditionContents.Segment {
        let file = try MP4File(package.appending(path: path))
        var fragments: [MovieFragment] = []
        for place in file.boxes where place.type == "moof" {
            var fragment = try MovieFragment(file.box(at: place), defaults: movie.defaults)
            fragment.move(by: place.offset)
            fragments.append(fragment)
        }
        let data = file.boxes.filter { $0.type == "mdat" }
        let pictures = fragments.flatMap { $0.track(video.id)?.samples ?? [] }
        guard !pictures.isEmpty else { throw MalformedMedia("has no pictures") }
        for sample in fragments.flatMap(\.tracks).flatMap(\.samples) {
            guard data.contains(where: { $0.offset < sample.offset && sample.offset + sample.size <= $0.end }) else {
                throw MalformedMedia("has a sample outside its mdat")
            }
        }
        var keyframes: [[UInt8]] = []
        for (index, sample) in pictures.enumerated() where index == 0 || sample.isSync {
            keyframes.append(try file.bytes(at: sample.offset, count: sample.size))
        }
        return .init(file: path, sizeBytes: file.sizeBytes, fragments: fragments, keyframes: keyframes)
    }
}

extension MovieFragment {
    /// Makes the offsets of samples count from the start of the file.
    fileprivate mutating func move(by offset: Int) {
        for track in tracks.indices {
            for sample in tracks[track].samples.indices { tracks[track].samples[sample].offset += offset }
        }
    }
}
