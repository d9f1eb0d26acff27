extension MultivariantPlaylist {
    /// Reads a playlist of the kind that `text` writes.
    ///
    /// Strict: a tag that RFC 8216 does not allow here, or that this server never writes, is an error.
    public init(parsing text: String) throws(PlaylistError) {
        self.init(variants: [])
        version = 1
        hasIndependentSegments = false
        var pending: (value: String?, line: Int)?
        for line in try PlaylistLines(text).lines {
            if let stream = pending.take() {
                guard case .uri(let uri) = line.content else {
                    throw PlaylistError(line: line.number, "is not the URI of the EXT-X-STREAM-INF before it")
                }
                let attributes = try AttributeList(stream.value, line: stream.line)
                var variant = try Variant(attributes, uri: uri)
                variant.framesPerSecond = try attributes.decimal("FRAME-RATE")
                variants.append(variant)
            } else if case .tag("EXT-X-STREAM-INF", let value) = line.content {
                pending = (value, line.number)
            } else {
                try read(line)
            }
        }
        if let pending { throw PlaylistError(line: pending.line, "has no URI after it") }
        guard !variants.isEmpty else { throw PlaylistError("it has no EXT-X-STREAM-INF") }
    }

    private mutating func read(_ line: PlaylistLines.Line) throws(PlaylistError) {
        switch line.content {
        case .tag("EXT-X-VERSION", let value):
            guard let number = value.flatMap({ Int($0) }) else {
                throw PlaylistError(line: line.number, "has no whole number")
            }
            version = number
        case .tag("EXT-X-INDEPENDENT-SEGMENTS", nil): hasIndependentSegments = true
        case .tag("EXT-X-I-FRAME-STREAM-INF", let value):
            let attributes = try AttributeList(value, line: line.number)
            iFrameVariants.append(try Variant(attributes, uri: attributes.string("URI")))
        case .tag(let name, _): throw PlaylistError(line: line.number, "has \(name), which does not belong here")
        case .uri: throw PlaylistError(line: line.number, "is a URI without EXT-X-STREAM-INF")
        }
    }
}

extension MultivariantPlaylist.Variant {
    /// Every attribute that Apple's authoring specification demands of every variant must be there.
    fileprivate init(_ attributes: AttributeList, uri: String) throws(PlaylistError) {
        let size = try attributes.resolution("RESOLUTION")
        self.init(
            uri: uri,
            bandwidth: try attributes.integer("BANDWIDTH"),
            averageBandwidth: try attributes.integer("AVERAGE-BANDWIDTH"),
            codecs: try attributes.string("CODECS"),
            width: size.width,
            height: size.height,
            framesPerSecond: nil
        )
        videoRange = try attributes.word("VIDEO-RANGE")
    }
}
